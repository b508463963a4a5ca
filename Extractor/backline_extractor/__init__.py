"""The extractor worker of Backline."""
