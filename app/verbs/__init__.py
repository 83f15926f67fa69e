"""The verbs of the command line, one module each; a module registers its verbs on a typer app."""
