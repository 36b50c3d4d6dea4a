"""The course as text: chapters, file cells and their replay. Pure: no process, no kernel."""
