import type { App } from '../app.js';
import { ConversationView } from './conversation-view.js';
import { detailOf } from './detail.js';
import { button, h } from '../dom.js';
import { FilterBar } from './filter-bar.js';
import { setLink } from '../link.js';
import type { MessageTable } from './message-table.js';
import { t } from '../words/words.js';

/** The table or the conversation, and beside it what is known of one message. */
export function messagesView(app: App, table: MessageTable): HTMLElement {
  const conversation = new ConversationView(app);
  const count = h('span', { role: 'status', id: 'count' });
  const detail = h('aside', {
    id: 'detail',
    class: 'detail',
    hidden: true,
    attributes: { 'aria-labelledby': 'detail-title' },
  });
  const filter = new FilterBar(app);
  const clear = button(t('clear'), () => {
    filter.clear();
    app.show({ filter: '', where: undefined, connection: undefined, range: undefined });
  });
  const tabs = (['table', 'conversation'] as const).map((view) =>
    button(t(view), () => app.setView(view), { 'data-view': view }),
  );
  const body = h('div', { class: 'body' }, table.element, conversation.element);
  const showRows = (): void => {
    const { rows, model, connection, range } = app;
    const parts = [
      t('shownRows', rows.length, model.rows.length),
      connection === undefined ? '' : t('ofConnection', connection.name),
      range === undefined ? '' : t('inRange'),
    ];
    count.textContent = parts.filter((part) => part !== '').join(', ');
    clear.hidden = rows.length === model.rows.length && connection === undefined && range === undefined;
    filter.update();
  };
  const showView = (): void => {
    for (const tab of tabs) tab.setAttribute('aria-pressed', String(tab.dataset['view'] === app.view));
    table.element.hidden = app.view !== 'table';
    conversation.element.hidden = app.view !== 'conversation';
    if (app.view === 'table') table.draw();
    else conversation.draw();
  };
  const showDetail = (): void => {
    const { selected, isDetailOpen } = app;
    const isShown = selected !== undefined && isDetailOpen;
    // What had the focus goes: whoever uses keys goes on where they were.
    const hadFocus = detail.contains(document.activeElement);
    detail.hidden = !isShown;
    detail.replaceChildren(...(isShown ? detailOf(app, selected) : []));
    if (selected !== undefined) setLink(selected.connection, selected.number);
    if (!hadFocus) return;
    if (isShown) document.getElementById('detail-title')!.focus();
    else if (app.view === 'table') table.focus();
    else conversation.focus();
  };
  app.listen((what) => {
    if (what === 'rows') showRows();
    else if (what === 'view') showView();
    else if (what === 'selection') showDetail();
  });
  showRows();
  showView();
  return h(
    'section',
    { id: 'messages' },
    h('h2', {}, t('messages')),
    h('div', { class: 'buttons no-print' }, ...tabs, filter.elements, count, clear),
    h('div', { class: 'split' }, body, detail),
    h('p', { class: 'only-print', id: 'printed' }),
  );
}
