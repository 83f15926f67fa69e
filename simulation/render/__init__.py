"""The offices: each renders what it saw of the truth into its own files, with its own dirt."""
