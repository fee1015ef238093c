"""The documentation site: what is written in docs/, the README, and pages that are generated."""
