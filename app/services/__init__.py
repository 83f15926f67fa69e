"""What the web app shows, as plain Python over the workspace's Parquet: no Streamlit in here."""
