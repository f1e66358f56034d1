"""The words of a recipe: one file for each step, each word a term of the field.

They stand apart from the methods so that a recipe can be read, checked and hashed without any of them.
"""
