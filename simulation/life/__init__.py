"""The months: each tells what the plan and chance bring, into one month's log."""
