// Which mistake is made by how many, those that many have now first.

export function showMistakes(mistakes) {
  const most = Math.max(1, ...mistakes.map(({ ever }) => ever));
  document.getElementById("mistakes").replaceChildren(...mistakes.map((mistake) => item(mistake, most)));
  document.getElementById("no-mistakes").hidden = mistakes.length > 0;
}

function item({ task, sentence, ever, now, who }, most) {
  const made = document.createElement("li");
  const text = document.createElement("p");
  text.className = "sentence";
  const number = document.createElement("span");
  number.className = "tag quiet";
  number.textContent = task;
  text.append(number, ` ${sentence}`);
  const line = document.createElement("p");
  line.className = "many";
  const bar = document.createElement("span");
  bar.className = "bar";
  bar.style.setProperty("--share", ever / most);
  bar.style.setProperty("--now", now / most);
  line.append(bar, `${now} now, ${ever} in all`);
  made.append(text, line);
  if (who?.length) {
    const names = document.createElement("p");
    names.className = "names";
    for (const name of who) {
      const said = document.createElement("bdi");
      said.textContent = name;
      if (names.childNodes.length) names.append(", ");
      names.append(said);
    }
    made.append(names);
  }
  return made;
}
