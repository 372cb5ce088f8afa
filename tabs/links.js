// The address bar follows the page: `?tab=...&example=...&<settings that are not the usual ones>`; all else stays in it.
window.darkroom = (() => {
  const registry = REGISTRY;
  const asked = new URLSearchParams(location.search);
  const known = (tab) => registry.tabs.includes(tab);
  const named = known(asked.get('tab'));
  let open = named ? asked.get('tab') : registry.tabs[0], following = false, moved = named;
  const examples = {}, values = {}, shared = {};
  if (named && asked.get('example') in registry.examples[open]) examples[open] = asked.get('example');
  if (named && asked.get('shared')) shared[open] = asked.get('shared');

  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  const text = (value) => typeof value === 'boolean' ? (value ? '1' : '0') : String(value);  // lists join by commas

  // Settings as they are where the visitor changed nothing: the example's own, else the defaults.
  const usual = (tab) => registry.settings[tab].map(({name, default: value}) => {
    const own = registry.examples[tab][examples[tab]] || {};
    return name in own ? own[name] : value;
  });

  function query(tab) {
    const found = new URLSearchParams({tab});
    if (examples[tab]) found.set('example', examples[tab]);
    else if (shared[tab]) found.set('shared', shared[tab]);
    const start = usual(tab), now = values[tab] || start;
    registry.settings[tab].forEach(({name, linked}, i) => {
      if (linked && now[i] !== undefined && now[i] !== null && !same(now[i], start[i])) found.set(name, text(now[i]));
    });
    return found;
  }

  function follow() {
    if (!following) return;
    const url = new URL(location.href), ours = new Set(['tab', 'example', 'shared']);
    for (const tab of registry.tabs) for (const {name} of registry.settings[tab]) ours.add(name);
    const kept = [...url.searchParams].filter(([name]) => !ours.has(name));
    const mine = query(open);
    if (!moved && [...mine].length === 1) mine.delete('tab');  // the page as it opens by itself
    url.search = new URLSearchParams([...mine, ...kept]).toString();
    if (url.href !== location.href) history.replaceState(history.state, '', url);
  }

  // Our own components take what a link gives them only when they are there.
  async function fill(tab) {
    for (let i = 0; i < 200 && !document.querySelector(`#${tab}-run`); i++) await new Promise((done) => setTimeout(done, 100));
    await new Promise((done) => setTimeout(done, 300));
    document.querySelector(`#${tab}-fill`)?.click();
    if (!asked.get('shared')) return;
    // A picture is looked at as soon as it is there, and what is found replaces what its sharer had made of it.
    for (let i = 0, calm = 0; i < 300 && calm < 5; i++) {
      await new Promise((done) => setTimeout(done, 100));
      calm = document.querySelector('[data-testid=status-tracker]:not(.hide)') ? 0 : calm + 1;
    }
    document.querySelector(`#${tab}-fill`)?.click();
  }

  return {
    asked: () => asked.toString(),  // by the link, whatever the address is by now
    registry, query, current: () => open,
    // A page that is asked for without a tab has nothing to ask of the server.
    arrive() { if (asked.has('tab')) document.querySelector('#arrival').click(); else darkroom.ready(); },
    ready() {
      following = true;
      follow();
      if (named) fill(asked.get('tab'));
      // On a phone the result of the example that a link names lies below what went in.
      const result = document.querySelector(`#${open}-comparison`);
      if (examples[open] && result && innerWidth < 700) setTimeout(() => result.scrollIntoView({block: 'center'}), 300);
    },
    shown: () => named && darkroom.editorShown(open),
    async editorShown(tab) {
      const editor = registry.editors[tab];
      if (!editor) return;
      for (let i = 0; i < 200 && !document.querySelector(`#${editor} canvas`); i++) await new Promise((done) => setTimeout(done, 100));
      await new Promise((done) => setTimeout(done, 500));
    },
    turned(tab) { if (tab !== open) moved = true; open = tab; follow(); },
    changed(tab, now) { values[tab] = now; follow(); },
    own(tab) { delete examples[tab]; delete shared[tab]; follow(); },
    chosen(tab, index) {
      examples[tab] = Object.keys(registry.examples[tab])[index];
      delete values[tab];
      open = tab; moved = true;
      follow();
    },
    link(tab, more = {}) {
      const found = query(tab);
      for (const [name, value] of Object.entries(more)) found.set(name, value);
      for (const name of ['lang', '__theme']) {
        const value = new URLSearchParams(location.search).get(name);
        if (value) found.set(name, value);
      }
      return location.origin + location.pathname + '?' + found;
    },
  };
})();
