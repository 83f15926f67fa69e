SELECT entity_a AS source, entity_b AS target, reason, score, records FROM possible_same
