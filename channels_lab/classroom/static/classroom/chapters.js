// How many are at which chapter.

export function showChapters(list, course, people, goto_) {
  if (!list.children.length) build(list, course);
  const counts = {};
  for (const { chapter, here } of people) if (here && chapter in course) counts[chapter] = (counts[chapter] ?? 0) + 1;
  const most = Math.max(1, ...Object.values(counts));
  for (const item of list.children) {
    const count = counts[item.dataset.chapter] ?? 0;
    item.querySelector(".number").textContent = count || "";
    item.querySelector(".bar").style.setProperty("--share", count / most); // by script, which the policy allows
    item.querySelector(".spoken").textContent = `: ${count} here`;
    item.classList.toggle("some", count > 0);
    item.classList.toggle("goal", item.dataset.chapter === goto_);
  }
}

function build(list, course) {
  for (const [chapter, { title }] of Object.entries(course).sort()) {
    const item = document.createElement("li");
    item.dataset.chapter = chapter;
    item.title = title;
    const number = document.createElement("span");
    number.className = "number";
    number.setAttribute("aria-hidden", "true");
    const bar = document.createElement("span");
    bar.className = "bar";
    const label = document.createElement("span");
    label.className = "label";
    label.textContent = chapter;
    const spoken = document.createElement("span");
    spoken.className = "visually-hidden spoken";
    item.append(number, bar, label, spoken);
    list.append(item);
  }
}
