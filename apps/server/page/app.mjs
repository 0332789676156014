import { Refusal, ask, control, loggedIn, logIn, logOut, whenOver } from './api.mjs';
import { coverage } from './coverage.mjs';
import { h } from './dom.mjs';
import { events } from './events.mjs';
import { faults } from './faults.mjs';
import { parked } from './parked.mjs';
import { resources } from './resources.mjs';
import { snapshots } from './snapshots.mjs';
import { topology } from './topology.mjs';

// A part is a function of the element that it fills. It answers what ends it.
const PARTS = [
  { name: 'resources', title: 'Resources', open: resources },
  { name: 'topology', title: 'Topology', open: topology },
  { name: 'events', title: 'Events', open: events, control: true },
  { name: 'parked', title: 'Parked messages', open: parked, control: true },
  { name: 'faults', title: 'Faults', open: faults, control: true },
  { name: 'snapshots', title: 'Snapshots and clock', open: snapshots, control: true },
  { name: 'coverage', title: 'Coverage', open: coverage },
];

const main = document.querySelector('main');
const nav = document.querySelector('nav');
const output = document.querySelector('output');
let close = () => {};
let hasControl = false;

function show() {
  close();
  main.replaceChildren();
  nav.replaceChildren();
  if (!loggedIn()) return showLogin();
  const parts = PARTS.filter((part) => hasControl || !part.control);
  const wanted = location.hash.slice(1);
  const part = parts.find(({ name }) => name === wanted) ?? parts[0];
  nav.append(
    ...parts.map(({ name, title }) =>
      h('button', { class: name === part.name ? 'on' : '', click: () => (location.hash = name) }, title),
    ),
  );
  const { name, project } = loggedIn();
  const leave = () => {
    logOut();
    show();
  };
  output.replaceChildren(`${name} in ${project}`, h('button', { click: leave }, 'Log out'));
  const end = part.open(main);
  close = typeof end === 'function' ? end : () => {};
}

function showLogin(said = '') {
  close = () => {};
  output.replaceChildren();
  const field = (label, name, type, value = '') =>
    h(
      'label',
      {},
      label,
      h('input', {
        name,
        type,
        value,
        required: true,
        autocomplete: type === 'password' ? 'current-password' : 'username',
      }),
    );
  const error = h('p', { class: 'error' }, said);
  const submit = async (event) => {
    event.preventDefault();
    const { user, password, project } = Object.fromEntries(new FormData(event.target));
    try {
      await logIn(user, password, project);
      await begin();
    } catch (thrown) {
      error.textContent = thrown.message;
    }
  };
  main.replaceChildren(
    h(
      'form',
      { class: 'login', submit },
      h('h2', {}, 'Log in to this cloud'),
      field('User', 'user', 'text', 'admin'),
      field('Password', 'password', 'password'),
      field('Project', 'project', 'text', 'admin'),
      h('button', { class: 'main' }, 'Log in'),
      error,
    ),
  );
}

/** Which parts there are depends on whether a control port is there for this user. */
async function begin() {
  if (loggedIn()) {
    try {
      await ask('identity', 'GET', '/v3/projects?limit=1');
      hasControl = await control('GET', '/status').then(() => true);
    } catch (thrown) {
      hasControl = false;
      if (thrown instanceof Refusal && thrown.status === 403) {
        logOut();
        return showLogin('This page is for administrators.');
      }
    }
  }
  show();
}

whenOver(() => show());
addEventListener('hashchange', show);
await begin();
