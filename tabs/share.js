// Copy a link, and the dialog with all ways to use a tab elsewhere. `?embed=1` shows one tab without the rest.
(() => {
  const {registry, link, query} = darkroom;
  const say = (both) => both[document.documentElement.lang.startsWith('zh') ? 'zh' : 'en'];
  const words = new Proxy(registry.words, {get: (all, name) => say(all[name])});
  const embedded = new URLSearchParams(location.search).get('embed') === '1';
  if (embedded) document.documentElement.classList.add('embedded');

  const make = (tag, properties = {}, ...children) => {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...children);
    return node;
  };

  async function copy(text, button) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {  // not on https, or not allowed in this frame
      const area = make('textarea', {value: text});
      (document.querySelector('dialog[open]') || document.body).append(area);
      area.select();
      document.execCommand('copy');
      area.remove();
    }
    if (!button || button.dataset.said) return;
    button.dataset.said = button.textContent;
    button.textContent = words.copied;
    setTimeout(() => { button.textContent = button.dataset.said; delete button.dataset.said; }, 1500);
  }

  const live = make('div', {className: 'sr-only'});
  live.setAttribute('role', 'status');

  function block(title, text, rows, id) {
    const field = make('textarea', {value: text, rows, readOnly: true, id: `share-${id}`, spellcheck: false});
    const button = make('button', {type: 'button', textContent: words.copy, id: `share-${id}-copy`});
    button.setAttribute('aria-label', `${words.copy}: ${title}`);
    button.addEventListener('click', () => copy(field.value, button));
    field.addEventListener('focus', () => field.select());
    return make('section', {}, make('label', {textContent: title, htmlFor: field.id}), make('div', {className: 'share-field'}, field, button));
  }

  const escaped = (text) => text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');
  const iframe = (tab) => `<iframe src="${escaped(link(tab, {embed: 1}))}" title="Semantic Darkroom: ${escaped(registry.titles[tab].en)}" ` +
    `width="100%" height="${registry.height}" style="border: 0" loading="lazy" allow="clipboard-write"></iframe>`;
  const badge = (tab) => {
    const part = encodeURIComponent(registry.titles[tab].en.replace(/-/g, '--').replace(/ /g, '_'));
    return `[![Semantic Darkroom: ${registry.titles[tab].en}](https://img.shields.io/badge/Semantic_Darkroom-${part}-b91c1c)](${link(tab)})`;
  };
  const code = (tab, language) => registry.code[tab][language].replaceAll('https://ORIGIN', location.origin + location.pathname.replace(/\/$/, ''));

  // A dialog of that id; Escape, the cross and a click beside it close it, and the focus goes back.
  function showDialog(id, title, parts) {
    const close = make('button', {type: 'button', textContent: '×', className: 'share-close'});
    close.setAttribute('aria-label', words.close);
    const heading = make('h2', {textContent: title, id: `${id}-title`});
    const made = make('dialog', {className: 'share-dialog', id}, make('header', {}, heading, close), ...parts);
    made.setAttribute('aria-labelledby', heading.id);
    const opener = document.activeElement;
    close.addEventListener('click', () => made.close());
    made.addEventListener('click', (event) => { if (event.target === made) made.close(); });
    made.addEventListener('close', () => { made.remove(); if (opener) opener.focus(); });
    document.body.append(made);
    made.showModal();
    return made;
  }

  let shown = null;
  function dialog(tab) {
    const agree = make('input', {type: 'checkbox', id: 'share-agree'});
    const keep = make('button', {type: 'button', textContent: words.keep, disabled: true, id: 'share-keep'});
    agree.addEventListener('change', () => { keep.disabled = !agree.checked; });
    keep.addEventListener('click', () => { keep.disabled = true; document.querySelector(`#${tab}-keep`).click(); });
    const program = block(words.code, code(tab, 'Python'), 10, 'code');
    const languages = make('div', {className: 'share-languages'});
    languages.setAttribute('role', 'group');
    languages.setAttribute('aria-label', words.code);
    for (const name of Object.keys(registry.code[tab])) {
      const button = make('button', {type: 'button', textContent: name});
      button.setAttribute('aria-pressed', name === 'Python');
      button.addEventListener('click', () => {
        program.querySelector('textarea').value = code(tab, name);
        for (const other of languages.children) other.setAttribute('aria-pressed', other === button);
      });
      languages.append(button);
    }
    program.querySelector('label').after(languages);
    shown = showDialog('share-dialog', `${words.title}: ${say(registry.titles[tab])}`, [
      block(words.link, link(tab), 2, 'link'), make('p', {textContent: words.without, id: 'share-note'}),
      make('div', {className: 'share-own'}, make('label', {}, agree, ' ' + words.agree), keep),
      block(words.embed, iframe(tab), 4, 'embed'), block(words.badge, badge(tab), 3, 'badge'), program]);
    shown.addEventListener('close', () => { shown = null; });
  }

  function announce(text) {
    document.body.append(live);
    live.textContent = '';
    setTimeout(() => { live.textContent = text; }, 50);
  }

  Object.assign(darkroom, {
    dialog, showDialog, make, say, announce,
    copyLink(tab) {
      copy(link(tab), document.querySelector(`#${tab}-copy-link`));
      announce(words.copied);
    },
    kept(tab, token) {
      if (!shown || !token) return;
      const found = new URL(link(tab));
      found.searchParams.delete('example');
      found.searchParams.set('shared', token);
      shown.querySelector('#share-link').value = found.href;
      shown.querySelector('#share-note').textContent = words.kept;
      shown.querySelector('#share-link').focus();
    },
  });

  function linkToWhole() {
    const away = make('a', {id: 'open-whole', target: '_blank', rel: 'noopener', textContent: registry.words.open.en});
    const update = () => { away.textContent = words.open; away.href = link(darkroom.current()); };
    for (const event of ['pointerenter', 'focus', 'click']) away.addEventListener(event, update);
    setInterval(update, 1000);
    update();
    document.body.append(away);
  }

  // Gradio puts `head=` in place late, when the document is there already.
  if (embedded && document.readyState !== 'loading') linkToWhole();
  else if (embedded) addEventListener('DOMContentLoaded', linkToWhole);
})();
