"""The nouns that pass between stages: frozen, and importing nothing above them."""
