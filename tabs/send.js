// The menu of what a tab gives and which tabs take it. A hidden button's events do the rest (`send.py`).
(() => {
  const {registry, make, say, showDialog} = darkroom;
  const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
  const mixer = (tab) => document.querySelector(`#${tab} .lm`);
  let asked = null;

  function sendMenu(tab) {
    const sections = registry.gives[tab].map((give, i) => {
      const places = make('div', {className: 'send-places'});
      registry.tabs.forEach((to) => registry.takes[to].forEach((take, j) => {
        if (take.hole !== give.hole || (to === tab && j > 0)) return;
        const more = to === tab ? say(registry.sendWords.again) : take.words && say(take.words);
        const title = say(registry.titles[to]);
        const textContent = more ? say(registry.sendWords.role).replace('{tab}', title).replace('{role}', more) : title;
        const button = make('button', {type: 'button', textContent});
        button.dataset.to = `${to}-${j}`;
        button.addEventListener('click', () => {
          asked = {from: tab, to, give: i, take: j, asks: give.asks, opens: take.opens};
          button.closest('dialog').close();
          document.querySelector(`#${tab}-send-go`).click();
        });
        places.append(button);
      }));
      return make('section', {}, make('h3', {textContent: say(give.words)}), places);
    });
    showDialog('send-menu', say(registry.sendWords.send), sections);
  }

  async function there() {
    const seen = () => (document.querySelector(`#${asked.to}-run`) || {}).offsetParent;
    for (let i = 0; i < 100 && !seen(); i++) await wait(50);
    darkroom.turned(asked.to);
    await darkroom.editorShown(asked.to);
  }

  Object.assign(darkroom, {
    sendMenu, there,
    async order() {
      const order = {to: asked.to, give: asked.give, take: asked.take};
      const layers = mixer(`${asked.from}-mixer`);
      if (asked.asks === 'layer' && layers) order.layer = layers.chosen();
      if (asked.asks === 'picture' && layers) order.picture = await layers.picture();
      return JSON.stringify(order);
    },
    arrived() {
      if (!asked) return;
      const {to, opens} = asked;
      darkroom.own(to);
      const closed = opens && document.querySelector(`#${opens} > button[aria-expanded="false"], #${opens} > .label-wrap:not(.open)`);
      if (closed) closed.click();
      const run = document.querySelector(`#${to}-run`);
      run.focus({preventScroll: true});
      document.querySelector('#tabs').scrollIntoView({block: 'start'});
      darkroom.announce(say(registry.sendWords.arrived));
    },
  });
})();
