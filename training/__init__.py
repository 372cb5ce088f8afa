"""How every embedded weights file was made: one script a network. Nothing imports this package."""
