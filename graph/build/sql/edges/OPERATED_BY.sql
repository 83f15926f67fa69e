SELECT clinic AS source, employer AS target, min("by") AS how FROM same_organisation GROUP BY clinic, employer
