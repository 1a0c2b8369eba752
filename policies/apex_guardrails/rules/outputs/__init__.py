"""How a program uses the outputs of its resources."""
