"""Text → sound, visemes and words: Azure, or a local voice."""
