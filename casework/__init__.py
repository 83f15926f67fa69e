"""Fifth stage: hits and scores become alerts, cases, evidence, reports and signed lead packages."""
