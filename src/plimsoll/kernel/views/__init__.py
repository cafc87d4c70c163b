"""Which lists does a person keep? Views saved under a name, how one's lists look, and how much stands in each."""
