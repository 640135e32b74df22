"""Ways to score texts against pictures with a model that is already trained; nothing here learns weights."""
