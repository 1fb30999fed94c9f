"""Stories to live through in the company in a box: what a person does, and what comes of it.

A *scenario* is a company at the beginning of a story, the steps of the story, and at most one
*turn*: what happens in between, when the person says so. Steps quote what the program answers, and
a test takes every one of them.
"""
