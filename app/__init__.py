"""The doors: the web application, the command line, later the screening service."""
