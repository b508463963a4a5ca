// Draws messages, embeds and components. Every text goes in as a text node, never as markup.

export const el = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
};

const palette = ["#5865f2", "#3a7d5d", "#b1541f", "#a1324f", "#6d4aa8", "#1f7a8c"];
export const colorOf = (id) => palette[Number(BigInt(id) % BigInt(palette.length))];
export const nameOf = (user) => user?.global_name || user?.username || "Unknown";
export const avatar = (user) =>
  el("span", { class: "avatar", style: `background:${colorOf(user?.id ?? "0")}`, "aria-hidden": "true" }, nameOf(user).slice(0, 1).toUpperCase());

const safeURL = (url) => (/^(https?:)?\/\//.test(url) || url.startsWith("/") ? url : "#");
const relative = (seconds) => {
  const difference = seconds - Date.now() / 1000;
  const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const [unit, size] = units.find(([, size]) => Math.abs(difference) >= size) ?? units[3];
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(Math.round(difference / size), unit);
};

// The part of Discord's Markdown that bots use. Inline rules first match wins.
const inlineRules = [
  [/^```(?:[a-z]+\n)?([\s\S]+?)```/i, (m) => el("pre", {}, el("code", {}, m[1]))],
  [/^`([^`]+)`/, (m) => el("code", {}, m[1])],
  [/^\[([^\]\n]+)\]\((https?:\/\/[^\s)]+)\)/, (m, c) => el("a", { href: safeURL(m[2]), rel: "noreferrer", target: "_blank" }, ...markdown(m[1], c))],
  [/^<(https?:\/\/[^\s>]+)>/, (m) => el("a", { href: safeURL(m[1]), rel: "noreferrer", target: "_blank" }, m[1])],
  [/^https?:\/\/[^\s<>)]+/, (m) => el("a", { href: safeURL(m[0]), rel: "noreferrer", target: "_blank" }, m[0])],
  [/^\*\*([\s\S]+?)\*\*/, (m, c) => el("strong", {}, ...markdown(m[1], c))],
  [/^__([\s\S]+?)__/, (m, c) => el("u", {}, ...markdown(m[1], c))],
  [/^~~([\s\S]+?)~~/, (m, c) => el("s", {}, ...markdown(m[1], c))],
  [/^\*([^*\n]+)\*/, (m, c) => el("em", {}, ...markdown(m[1], c))],
  [/^_([^_\n]+)_(?!\w)/, (m, c) => el("em", {}, ...markdown(m[1], c))],
  [/^<@!?(\d+)>/, (m, c) => el("span", { class: "mention" }, "@" + nameOf(c.user(m[1])))],
  [/^<#(\d+)>/, (m, c) => el("span", { class: "mention" }, "#" + (c.channel(m[1])?.name ?? "unknown"))],
  [/^<\/([^:>]+):\d+>/, (m) => el("span", { class: "mention" }, "/" + m[1])],
  [/^<t:(\d+)(?::([tTdDfFsSR]))?>/, (m) => el("time", {}, m[2] === "R" ? relative(Number(m[1])) : new Date(Number(m[1]) * 1000).toLocaleString())],
  [/^<a?:(\w+):\d+>/, (m) => `:${m[1]}:`],
  [/^\\([*_`~|>#\\-])/, (m) => m[1]],
];

export function markdown(text, context) {
  const out = [];
  let plain = "";
  const flush = () => { if (plain) out.push(plain); plain = ""; };
  while (text) {
    if (!plain || plain.endsWith("\n")) {
      const heading = /^(#{1,3}) ([^\n]+)\n?/.exec(text);
      const quote = /^> ([^\n]*)\n?/.exec(text);
      const small = /^-# ([^\n]+)\n?/.exec(text);
      const block = heading ? el(heading[1].length === 1 ? "h2" : "h3", {}, ...markdown(heading[2], context))
        : quote ? el("blockquote", {}, ...markdown(quote[1], context))
        : small ? el("div", { class: "subtext" }, ...markdown(small[1], context)) : null;
      if (block) { flush(); out.push(block); text = text.slice((heading ?? quote ?? small)[0].length); continue; }
    }
    const rule = /^[`[<h*_~\\]/.test(text) && inlineRules.map(([pattern, make]) => [pattern.exec(text), make]).find(([match]) => match);
    if (rule) { flush(); out.push(rule[1](rule[0], context)); text = text.slice(rule[0][0].length); }
    else { plain += text[0]; text = text.slice(1); }
  }
  flush();
  return out;
}

function embed(data, context) {
  const color = data.color ? `#${data.color.toString(16).padStart(6, "0")}` : null;
  return el("article", { class: "embed", style: color && `--bar:${color}` },
    data.author && el("div", { class: "small" }, data.author.name),
    data.title && el("div", { class: "title" }, data.url ? el("a", { href: safeURL(data.url), target: "_blank", rel: "noreferrer" }, ...markdown(data.title, context)) : el("span", {}, ...markdown(data.title, context))),
    data.description && el("div", { class: "content" }, ...markdown(data.description, context)),
    data.fields?.length && el("dl", { class: "fields" }, data.fields.map((field) =>
      el("div", { class: field.inline ? "" : "wide" }, el("dt", {}, ...markdown(field.name, context)), el("dd", {}, ...markdown(field.value, context))))),
    data.thumbnail && el("img", { class: "thumbnail", src: safeURL(data.thumbnail.url), alt: "" }),
    data.image && el("img", { class: "image", src: safeURL(data.image.url), alt: "" }),
    data.footer && el("div", { class: "small" }, data.footer.text));
}

function select(data, message, context) {
  const list = el("select", { "aria-label": data.placeholder ?? "Choose", disabled: data.disabled,
    onchange: (event) => context.press(message, data, [event.target.value], event.target) });
  list.append(el("option", { value: "", disabled: true, selected: !data.options?.some((option) => option.default) }, data.placeholder ?? "Choose"));
  const options = data.options ?? context.entities(data.type).map(([value, label]) => ({ value, label }));
  for (const option of options) list.append(el("option", { value: option.value, selected: option.default }, option.label + (option.description ? ` – ${option.description}` : "")));
  return list;
}

function button(data, message, context) {
  const label = [data.emoji?.name, data.label].filter(Boolean).join(" ") || "•";
  if (data.style === 5) return el("a", { class: "component", href: safeURL(data.url), target: "_blank", rel: "noreferrer" }, label + " ↗");
  return el("button", { type: "button", class: `component style-${data.style}`, disabled: data.disabled, "data-custom-id": data.custom_id,
    onclick: (event) => context.press(message, data, undefined, event.currentTarget) }, label);
}

function component(data, message, context) {
  const inner = (list) => (list ?? []).map((child) => component(child, message, context));
  switch (data.type) {
    case 1: return el("div", { class: "row" }, inner(data.components));
    case 2: return button(data, message, context);
    case 3: case 5: case 6: case 7: case 8: return select(data, message, context);
    case 9: return el("div", { class: "section" }, el("div", { class: "texts" }, inner(data.components)), data.accessory && component(data.accessory, message, context));
    case 10: return el("div", { class: "text" }, ...markdown(data.content, context));
    case 11: return el("img", { class: "thumbnail", src: safeURL(data.media.url), alt: data.description ?? "" });
    case 12: return el("div", { class: "gallery" }, data.items.map((item) => el("img", { src: safeURL(item.media.url), alt: item.description ?? "" })));
    case 13: return el("a", { class: "attachment", href: safeURL(data.file.url) }, data.name ?? "file");
    case 14: return el("hr", { class: data.divider === false ? "separator invisible" : "separator" });
    case 17: return el("div", { class: "container", style: data.accent_color != null && `--bar:#${data.accent_color.toString(16).padStart(6, "0")}` }, inner(data.components));
    default: return el("div", { class: "subtext" }, `(component of type ${data.type})`);
  }
}

const attachment = (data) => el("a", { class: "attachment", href: safeURL(data.url), target: "_blank" },
  data.content_type?.startsWith("image/") ? el("img", { src: safeURL(data.url), alt: data.filename }) : `${data.filename} · ${(data.size / 1024).toFixed(1)} KB`);

const flags = { ephemeral: 1 << 6, loading: 1 << 7 };

export function messageNode(message, previous, context) {
  const command = message.interaction_metadata && (message.type === 20 || message.type === 23);
  const near = previous && previous.author.id === message.author.id && !command && Date.parse(message.timestamp) - Date.parse(previous.timestamp) < 300000;
  const invoker = message.interaction_metadata?.user;
  const name = message.interaction?.name ?? message.interaction_metadata?.name;
  const body = el("div", { class: "body" });
  if (message.flags & flags.loading && !message.content) body.append(el("div", { class: "loading" }, `${nameOf(message.author)} is thinking…`));
  if (message.content) body.append(el("div", { class: "content" }, ...markdown(message.content, context), message.edited_timestamp ? el("span", { class: "edited" }, " (edited)") : ""));
  body.append(...(message.embeds ?? []).map((data) => embed(data, context)), ...(message.attachments ?? []).map(attachment),
    ...(message.components ?? []).map((data) => component(data, message, context)));
  if (message.flags & flags.ephemeral) body.append(el("div", { class: "ephemeral" }, "👁 Only you can see this."));
  return el("li", { class: `message${near ? " follow" : ""}${command ? " command" : ""}`, "data-id": message.id },
    command && el("div", { class: "invoked" }, "↱ ", el("strong", {}, nameOf(invoker)), " used ", el("strong", {}, name ? `/${name}` : "a command")),
    avatar(message.author),
    el("div", { class: "byline" }, nameOf(message.author), " ", message.author.bot && el("span", { class: "badge" }, "APP"),
      el("time", { datetime: message.timestamp }, new Date(message.timestamp).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }))),
    body);
}
