// connections.mjs: one line per WebSocket connection, once it has ended
import { dissect } from 'wsdissect';

for await (const event of dissect(process.argv[2], { want: { frames: false, messages: false } })) {
  if (event.type !== 'connection') continue;
  const { handshake, client, server, closeCode, end } = event;
  console.log(handshake.url, client.messages, server.messages, closeCode, end);
}
