"""What is shipped and how it is checked: the artifact, its bill of materials, advisories, rules."""
