"""The methods: a folder a paper. They never import each other."""
