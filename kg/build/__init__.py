"""The pipeline from the folders of sites to a release; ``compile`` runs its stages in order."""
