"""Tasks that grade themselves: what a task is, its trial, the judge, the verdict. Knows nothing of notebooks."""
