// server.mjs: a page that sends a text, and the server that it sends it to
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const page = `<script>
  const socket = new WebSocket('ws://127.0.0.1:8008');
  socket.onopen = () => socket.send('ma2saka');
  socket.onmessage = ({ data }) => (document.body.textContent = data);
</script>`;
const server = createServer((request, response) => {
  response.setHeader('Content-Type', 'text/html').end(page);
});
new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) => {
  socket.on('message', (data) => socket.send(`you sent ${data}`));
});
server.listen(8008, '127.0.0.1', () => console.log('http://127.0.0.1:8008'));
