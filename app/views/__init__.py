"""The pages of the web app. They arrange what `app.services` gives; they compute nothing."""
