"use strict";
(() => {
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);

  // Light or dark: as the system has it, until somebody says otherwise.
  const theme = byId("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const name = () => { theme.textContent = isDark() ? "Light" : "Dark"; };
  theme.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; name(); });
  system.addEventListener("change", name);
  name();
  theme.hidden = false;

  // What a link leads to is unfolded.
  const unfold = () => {
    const target = byId(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.closest("[hidden]")) reset();
    for (let at = target.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", unfold);

  // Filters: every finding is on the page, and is hidden or shown.
  const filters = byId("filters");
  if (!filters) return unfold();
  const [words, state, service, shown, again] = ["words", "state", "service", "shown", "again"].map(byId);
  const severities = [...filters.querySelectorAll("[name=severity]")];
  let index = null;
  const read = () => [...document.querySelectorAll(".severity")].map((section) => ({
    section,
    groups: [...section.querySelectorAll("article")].map((article) => ({
      article,
      text: article.querySelector("header").textContent.toLowerCase(),
      items: [...article.querySelectorAll(".rows > li")].map((item) => ({
        item,
        text: item.textContent.toLowerCase(),
      })),
    })),
  }));
  const show = (element, visible) => {
    if (element.hidden === visible) element.hidden = !visible;
    return visible;
  };
  const apply = () => {
    index ??= read();
    const wanted = new Set(severities.filter((box) => box.checked).map((box) => box.value));
    const parts = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    let all = 0;
    for (const { section, groups } of index) {
      let inSection = 0;
      for (const { article, text, items } of groups) {
        const may = wanted.has(section.dataset.severity)
          && (!service.value || article.dataset.service === service.value);
        const left = parts.filter((part) => !text.includes(part));
        let inGroup = 0;
        all += items.length;
        for (const { item, text: own } of items) {
          const hit = may && (!state.value || item.classList.contains(state.value))
            && left.every((part) => own.includes(part));
          if (show(item, hit)) inGroup += 1;
        }
        show(article, inGroup > 0);
        inSection += inGroup;
      }
      show(section, inSection > 0);
      count += inSection;
    }
    again.hidden = count === all;
    shown.textContent = `${count.toLocaleString("en")} of ${all.toLocaleString("en")} shown`;
  };
  const reset = () => {
    for (const box of severities) box.checked = true;
    state.value = service.value = words.value = "";
    apply();
  };
  let waiting = 0;
  filters.addEventListener("input", (event) => {
    clearTimeout(waiting);
    if (event.target === words) waiting = setTimeout(apply, 150);
    else apply();
  });
  again.addEventListener("click", () => { reset(); words.focus(); });
  filters.hidden = false;
  unfold();
})();
