// The message box: plain messages, and slash commands with completion, all reachable from the keyboard.
import { el } from "./render.js";

const optionTypes = { 4: Number, 10: Number, 5: (text) => /^(true|yes|1)$/i.test(text) };

// Splits what was typed after the command's name into options: `name:value …`; text without a name belongs to the first option.
export function parseOptions(command, text) {
  const options = command.options ?? [];
  const values = {};
  const names = options.map((option) => option.name).join("|");
  const parts = names ? text.split(new RegExp(`(?:^|\\s)(${names}):`)) : [text];
  const free = parts.shift().trim();
  if (free && options.length) values[options[0].name] = free;
  for (let index = 0; index < parts.length; index += 2) values[parts[index]] = (parts[index + 1] ?? "").trim();
  for (const option of options) if (values[option.name] !== undefined && optionTypes[option.type]) values[option.name] = optionTypes[option.type](values[option.name]);
  const focused = parts.length ? parts[parts.length - 2] : free || options.length ? options[0]?.name : undefined;
  return { values, focused, missing: options.filter((option) => option.required && !`${values[option.name] ?? ""}`.length) };
}

// Flattens subcommands: `/music play` becomes one entry with the options of the innermost command.
const flatten = (command) => {
  const subs = (command.options ?? []).filter((option) => option.type <= 2);
  if (!subs.length) return [{ ...command, path: command.name }];
  return subs.flatMap((sub) => flatten(sub).map((inner) => ({ ...inner, path: `${command.name} ${inner.path}`, root: command })));
};

export class Composer {
  constructor({ commands, send, run, complete, notify }) {
    Object.assign(this, { commands, send, run, complete, notify });
    this.input = document.getElementById("composer-input");
    this.list = document.getElementById("suggestions");
    this.items = [];
    this.selected = -1;
    this.choice = null;
    this.serial = 0;
    this.history = [];
    this.input.addEventListener("input", () => { this.choice = null; this.refresh(); });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.show([]), 150));
    this.input.addEventListener("focus", () => this.refresh());
    document.getElementById("composer").addEventListener("submit", (event) => { event.preventDefault(); this.submit(); });
  }

  current() {
    const text = this.input.value;
    if (!text.startsWith("/")) return null;
    return this.commands().flatMap(flatten).sort((a, b) => b.path.length - a.path.length)
      .find((command) => text === `/${command.path}` || text.startsWith(`/${command.path} `)) ?? null;
  }

  refresh() {
    const text = this.input.value;
    const command = this.current();
    const serial = ++this.serial;
    if (!text.startsWith("/")) return this.show([]);
    if (!command || text === `/${command.path}`) {
      const typed = text.slice(1).toLowerCase();
      return this.show(this.commands().flatMap(flatten).filter((entry) => entry.path.startsWith(typed)).slice(0, 25).map((entry) => ({
        label: `/${entry.path}`, detail: entry.description, value: `/${entry.path}${entry.options?.length ? " " : ""}`, then: entry.options?.length ? "refresh" : null,
      })), "Commands");
    }
    const rest = text.slice(command.path.length + 1);
    const { values, focused } = parseOptions(command, rest);
    const option = command.options?.find((candidate) => candidate.name === focused);
    if (!option) return this.show([]);
    const set = (choice) => ({ label: `${choice.name}`, detail: option.name, choice: { option: option.name, value: choice.value },
      value: `/${command.path} ${rest.includes(`${option.name}:`) ? rest.slice(0, rest.lastIndexOf(`${option.name}:`)) + `${option.name}:` : ""}${choice.name}` });
    if (option.choices?.length) {
      const typed = `${values[option.name] ?? ""}`.toLowerCase();
      return this.show(option.choices.filter((choice) => choice.name.toLowerCase().includes(typed)).map(set), option.description);
    }
    if (!option.autocomplete) return this.show([], "", [{ label: `${option.name}`, detail: option.description, hint: true }]);
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => {
      const choices = await this.complete(command, values, option.name).catch(() => []);
      if (serial === this.serial && document.activeElement === this.input) this.show(choices.map(set), option.description);
    }, 120);
  }

  show(items, heading = "", hints = []) {
    this.items = items;
    this.selected = -1;
    const all = [...items, ...hints];
    this.list.hidden = !all.length;
    this.input.setAttribute("aria-expanded", String(!!all.length));
    this.list.replaceChildren(...(heading && all.length ? [el("div", { class: "heading" }, heading)] : []), ...all.map((item, index) =>
      el("div", { class: "suggestion", role: "option", id: `suggestion-${index}`, "aria-selected": "false",
        onpointerdown: (event) => { event.preventDefault(); if (!item.hint) this.accept(index); } },
        el("strong", {}, item.label), el("span", {}, item.detail ?? ""))));
    this.input.removeAttribute("aria-activedescendant");
    if (items.length && this.input.value.startsWith("/") && !this.input.value.includes(" ")) this.select(0);
  }

  select(index) {
    this.selected = index;
    [...this.list.querySelectorAll(".suggestion")].forEach((node, position) => {
      node.setAttribute("aria-selected", String(position === index));
      if (position === index) node.scrollIntoView({ block: "nearest" });
    });
    this.input.setAttribute("aria-activedescendant", `suggestion-${index}`);
  }

  accept(index) {
    const item = this.items[index];
    this.input.value = item.value;
    this.choice = item.choice ?? null;
    this.show([]);
    if (item.then === "refresh") this.refresh();
    this.input.focus();
  }

  key(event) {
    const count = this.items.length;
    if (event.key === "ArrowDown" && count) { event.preventDefault(); this.select((this.selected + 1) % count); }
    else if (event.key === "ArrowUp" && count) { event.preventDefault(); this.select((this.selected - 1 + count) % count); }
    else if (event.key === "ArrowUp" && !this.input.value && this.history.length) { event.preventDefault(); this.input.value = this.history.at(-1); this.refresh(); }
    else if (event.key === "Tab" && count && !event.shiftKey) { event.preventDefault(); this.accept(Math.max(0, this.selected)); }
    else if (event.key === "Escape") this.show([]);
    else if (event.key === "Enter" && count && this.selected >= 0) {
      const item = this.items[this.selected];
      if (item.then === "refresh" || item.choice) { event.preventDefault(); this.accept(this.selected); if (item.choice) this.submit(); }
      else this.input.value = item.value;
    }
  }

  async submit() {
    const text = this.input.value.trim();
    if (!text) return;
    const command = this.current();
    if (text.startsWith("/") && !command) return this.notify(`There is no command ${text.split(" ")[0]}.`);
    if (command) {
      const { values, missing } = parseOptions(command, this.input.value.slice(command.path.length + 1));
      if (this.choice) values[this.choice.option] = this.choice.value;
      if (missing.length) return this.notify(`/${command.path} needs “${missing[0].name}”: ${missing[0].description}`);
      this.clear(text);
      return this.run(command, values);
    }
    this.clear(text);
    return this.send(text);
  }

  clear(text) {
    this.history.push(text);
    this.history.splice(0, this.history.length - 50);
    this.input.value = "";
    this.choice = null;
    this.show([]);
  }
}
