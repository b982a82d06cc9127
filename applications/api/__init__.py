"""The filing side for programs: the same services as the pages, the same refusals."""
