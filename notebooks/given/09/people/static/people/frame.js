// In a frame, as a notebook shows a page: other pages refuse to stand in one, so they open in a tab.

if (window !== window.top) {
  for (const leading of document.querySelectorAll(".site-header a, .site-header form")) leading.target = "_blank";
}
