"""How every embedded weights file was made: one script a network. No page or pipeline imports this package."""
