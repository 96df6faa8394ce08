"""The pipeline from the folders of sites to a release: ``compile`` puts the stages in order, the rest serves it."""
