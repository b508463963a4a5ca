// The sandbox's page: a small Discord look-alike over the sandbox's own interface and its event stream.
import { avatar, el, messageNode, nameOf } from "./render.js";
import { Composer } from "./composer.js";

const base = "/sandbox/api";
const byId = (id) => document.getElementById(id);
const state = { world: null, guild: null, channel: null, user: localStorage.getItem("user"), speaking: new Set(), unread: new Set(), listening: null };

async function call(path, body, method = body === undefined ? "GET" : "POST") {
  const response = await fetch(base + path, body === undefined ? { method } : { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const answer = response.status === 204 ? null : await response.json().catch(() => null);
  if (!response.ok) throw new Error(answer?.message ?? `The sandbox answered ${response.status}.`);
  return answer;
}

const guild = () => state.world.guilds.find((candidate) => candidate.id === state.guild);
const channel = (id = state.channel) => state.world.guilds.flatMap((candidate) => candidate.channels).find((candidate) => candidate.id === id);
const user = (id) => state.world.guilds.flatMap((candidate) => candidate.members).map((member) => member.user).find((candidate) => candidate.id === id);
const people = () => guild().members.map((member) => member.user).filter((candidate) => !candidate.bot);
const voiceStates = (channelID) => state.world.voice_states.filter((entry) => entry.channel_id === channelID);
const myVoice = () => state.world.voice_states.find((entry) => entry.user_id === state.user && entry.channel_id && entry.guild_id === state.guild);
const visible = (message) => !(message.flags & 64) || !message.ephemeral_for || message.ephemeral_for === state.user;

const context = {
  user, channel,
  entities: (type) => type === 8 ? guild().channels.map((entry) => [entry.id, `#${entry.name}`]) : type === 6 ? guild().roles.map((entry) => [entry.id, entry.name]) : guild().members.map((entry) => [entry.user.id, nameOf(entry.user)]),
  async press(message, component, values, node) {
    node.classList.add("waiting");
    try {
      await call("/component", { message_id: message.id, channel_id: message.channel_id, user_id: state.user, custom_id: component.custom_id, values });
    } catch (error) { problem(message.id, error.message); }
    setTimeout(() => node.classList.remove("waiting"), 3000);
  },
};

function drawChannels() {
  const groups = [[null, guild().channels.filter((entry) => !entry.parent_id && entry.type !== 4)]];
  for (const category of guild().channels.filter((entry) => entry.type === 4)) groups.push([category, guild().channels.filter((entry) => entry.parent_id === category.id)]);
  const nodes = [];
  for (const [category, entries] of groups) {
    if (!entries.length) continue;
    if (category) nodes.push(el("h2", {}, category.name));
    for (const entry of entries.sort((a, b) => a.type - b.type || a.position - b.position)) {
      const voice = entry.type === 2 || entry.type === 13;
      nodes.push(el("button", { class: `channel${state.unread.has(entry.id) ? " unread" : ""}`, "data-channel": entry.id, "aria-current": String(!voice && entry.id === state.channel),
        title: voice ? `Join ${entry.name}` : null, onclick: () => (voice ? joinVoice(entry.id) : openChannel(entry.id)) },
        el("span", { class: "glyph", "aria-hidden": "true" }, voice ? "🔊" : "#"), el("span", {}, entry.name)));
      const present = voice ? voiceStates(entry.id) : [];
      if (present.length) nodes.push(el("ul", { class: "voice-members" }, present.map((entry) =>
        el("li", { class: state.speaking.has(entry.user_id) ? "speaking" : "" }, avatar(user(entry.user_id)), nameOf(user(entry.user_id)), entry.self_mute || entry.mute ? " 🔇" : ""))));
    }
  }
  byId("channels").replaceChildren(...nodes);
}

function drawMembers() {
  const row = (member) => el("li", {}, avatar(member.user), el("span", {}, member.nick || nameOf(member.user), " ", member.user.bot && el("span", { class: "badge" }, "APP")));
  const [apps, humans] = [guild().members.filter((member) => member.user.bot), guild().members.filter((member) => !member.user.bot)];
  byId("members").replaceChildren(el("h2", {}, `People — ${humans.length}`), el("ul", {}, humans.map(row)), el("h2", {}, `Apps — ${apps.length}`), el("ul", {}, apps.map(row)));
}

function drawMe() {
  byId("user").replaceChildren(...people().map((person) => el("option", { value: person.id, selected: person.id === state.user }, nameOf(person))));
  byId("me-avatar").replaceWith(Object.assign(avatar(user(state.user)), { id: "me-avatar" }));
}

function drawVoice() {
  const mine = myVoice();
  const panel = byId("voice-panel");
  panel.hidden = !mine;
  const audio = byId("audio");
  if (!mine) { state.listening = null; audio.removeAttribute("src"); audio.load(); return; }
  byId("voice-title").textContent = `🔊 ${channel(mine.channel_id)?.name ?? ""}`;
  if (state.listening !== mine.channel_id) {
    state.listening = mine.channel_id;
    audio.src = `${base}/voice/${mine.channel_id}/stream.ogg?t=${Date.now()}`;
    audio.play().then(() => { byId("voice-hint").textContent = ""; }).catch(() => { byId("voice-hint").textContent = "Press play to listen."; });
  }
}

const messages = () => (state.world.messages[state.channel] ?? []).filter(visible);
const nearEnd = () => { const list = byId("messages"); return list.scrollHeight - list.scrollTop - list.clientHeight < 120; };
const toEnd = () => { const list = byId("messages"); list.scrollTop = list.scrollHeight; };

function drawMessages() {
  const all = messages();
  byId("channel-name").textContent = `# ${channel().name}`;
  document.title = `#${channel().name} · Backline sandbox`;
  byId("composer-input").placeholder = `Message #${channel().name}, or / for commands`;
  byId("messages").replaceChildren(
    el("li", { class: "welcome" }, el("h2", {}, `Welcome to #${channel().name}`), "This is a local Discord. Join a voice channel on the left, then type /play."),
    ...all.map((message, index) => messageNode(message, all[index - 1], context)));
  toEnd();
}

function upsertMessage(message) {
  const list = (state.world.messages[message.channel_id] ??= []);
  const index = list.findIndex((candidate) => candidate.id === message.id);
  if (index >= 0) list[index] = message; else list.push(message);
  list.splice(0, list.length - 500);
  if (message.channel_id !== state.channel) { if (visible(message)) { state.unread.add(message.channel_id); drawChannels(); } return; }
  if (!visible(message)) return;
  const end = nearEnd();
  const all = messages();
  const position = all.findIndex((candidate) => candidate.id === message.id);
  const node = messageNode(message, all[position - 1], context);
  const old = byId("messages").querySelector(`[data-id="${message.id}"]`);
  if (old) {
    const held = old.contains(document.activeElement) ? document.activeElement.dataset.customId : null;
    old.replaceWith(node);
    if (held) node.querySelector(`[data-custom-id="${CSS.escape(held)}"]`)?.focus();
  } else byId("messages").append(node);
  if (end) toEnd();
}

function removeMessage(id, channelID) {
  const list = state.world.messages[channelID] ?? [];
  state.world.messages[channelID] = list.filter((message) => message.id !== id);
  byId("messages").querySelector(`[data-id="${id}"]`)?.remove();
}

function problem(messageID, sentence) {
  const node = messageID && byId("messages").querySelector(`[data-id="${messageID}"] .body`);
  const line = el("div", { class: "problem", role: "alert" }, sentence);
  if (node) node.append(line); else byId("messages").append(el("li", { class: "message follow" }, el("div", { class: "body" }, line)));
  toEnd();
  setTimeout(() => line.remove(), 15000);
}

function openChannel(id) {
  state.channel = id;
  state.unread.delete(id);
  closeDrawers();
  drawChannels();
  drawMessages();
  if (matchMedia("(pointer: fine)").matches) byId("composer-input").focus();
}

async function joinVoice(channelID) {
  try { await call("/voice/join", { user_id: state.user, guild_id: state.guild, channel_id: channelID }); } catch (error) { problem(null, error.message); }
  closeDrawers();
}

function showModal(modal) {
  const dialog = byId("modal");
  const inputs = modal.components.flatMap((entry) => entry.type === 18 ? [[entry.label, entry.component]] : (entry.components ?? []).map((inner) => [inner.label, inner]));
  const fields = inputs.map(([label, input]) => [input, el(input.style === 2 ? "textarea" : "input", { id: `field-${input.custom_id}`, required: input.required !== false, placeholder: input.placeholder, maxlength: input.max_length }), label]);
  for (const [input, field] of fields) field.value = input.value ?? "";
  const form = el("form", { method: "dialog" }, el("h2", {}, modal.title), ...fields.flatMap(([input, field, label]) => [el("label", { for: `field-${input.custom_id}` }, label), field]),
    el("div", { class: "row" }, el("button", { type: "button", class: "component", onclick: () => dialog.close() }, "Cancel"), el("button", { class: "component style-1" }, "Submit")));
  form.addEventListener("submit", () => call("/modal", { interaction_id: modal.interaction_id, channel_id: state.channel, user_id: state.user, custom_id: modal.custom_id,
    values: Object.fromEntries(fields.map(([input, field]) => [input.custom_id, field.value])) }).catch((error) => problem(null, error.message)));
  dialog.replaceChildren(form);
  dialog.showModal();
}

const handlers = {
  MESSAGE_CREATE: upsertMessage,
  MESSAGE_UPDATE: upsertMessage,
  MESSAGE_DELETE: (data) => removeMessage(data.id, data.channel_id),
  VOICE_STATE_UPDATE(data) {
    state.world.voice_states = state.world.voice_states.filter((entry) => !(entry.user_id === data.user_id && entry.guild_id === data.guild_id));
    if (data.channel_id) state.world.voice_states.push(data); else state.speaking.delete(data.user_id);
    drawChannels();
    drawVoice();
  },
  SPEAKING(data) { state.speaking[data.speaking ? "add" : "delete"](data.user_id); drawChannels(); },
  COMMANDS_UPDATE(data) { state.world.commands = data.commands; },
  INTERACTION_FAILED(data) { if (!data.user_id || data.user_id === state.user) problem(data.message_id, data.message); },
  MODAL_CREATE(data) { if (data.user_id === state.user) showModal(data); },
  WORLD_UPDATE: () => load(),
};

async function load() {
  state.world = await call("/world");
  state.guild = state.world.guilds.some((entry) => entry.id === state.guild) ? state.guild : state.world.guilds[0].id;
  if (!people().some((person) => person.id === state.user)) state.user = people()[0].id;
  if (!guild().channels.some((entry) => entry.id === state.channel)) state.channel = guild().channels.find((entry) => entry.type === 0).id;
  byId("guild").replaceChildren(...state.world.guilds.map((entry) => el("option", { value: entry.id, selected: entry.id === state.guild }, entry.name)));
  drawMe(); drawChannels(); drawMembers(); drawMessages(); drawVoice();
}

function follow() {
  const source = new EventSource(base + "/events");
  let lost = false;
  source.onopen = () => { byId("connection").textContent = ""; if (lost) load(); lost = false; };
  source.onerror = () => { lost = true; byId("connection").textContent = "The sandbox is not answering, trying again…"; };
  source.onmessage = (event) => { const { type, data } = JSON.parse(event.data); handlers[type]?.(data); };
}

function closeDrawers() {
  for (const [panel, opener] of [["sidebar", "open-sidebar"], ["members", "open-members"]]) { byId(panel).classList.remove("open"); byId(opener).setAttribute("aria-expanded", "false"); }
  byId("veil").hidden = true;
}
function openDrawer(panel, opener) {
  byId(panel).classList.add("open"); byId(opener).setAttribute("aria-expanded", "true"); byId("veil").hidden = false;
  byId(panel).querySelector("button, select")?.focus();
}

new Composer({
  commands: () => state.world.commands.filter((command) => !command.guild_id || command.guild_id === state.guild),
  send: (content) => call("/message", { channel_id: state.channel, user_id: state.user, content }).catch((error) => problem(null, error.message)),
  run: (command, options) => call("/interaction", { channel_id: state.channel, user_id: state.user, command: command.root?.name ?? command.name, path: command.path, command_id: command.root?.id ?? command.id, options }).catch((error) => problem(null, error.message)),
  complete: async (command, options, focused) => (await call("/autocomplete", { channel_id: state.channel, user_id: state.user, command: command.root?.name ?? command.name, path: command.path, options, focused })).choices,
  notify: (sentence) => problem(null, sentence),
});
byId("guild").addEventListener("change", (event) => { state.guild = event.target.value; state.channel = null; load(); });
byId("user").addEventListener("change", (event) => { state.user = event.target.value; localStorage.setItem("user", state.user); load(); });
byId("voice-leave").addEventListener("click", () => joinVoice(null));
byId("open-sidebar").addEventListener("click", () => openDrawer("sidebar", "open-sidebar"));
byId("open-members").addEventListener("click", () => openDrawer("members", "open-members"));
byId("veil").addEventListener("click", closeDrawers);
addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeDrawers();
  if (event.key === "/" && !/^(input|textarea|select)$/i.test(document.activeElement.tagName)) { event.preventDefault(); const input = byId("composer-input"); input.focus(); input.value = "/"; input.dispatchEvent(new Event("input")); }
});

load().then(follow).catch((error) => { byId("connection").textContent = error.message; });
