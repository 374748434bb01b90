// Says something, waits for the echo and the answer, and leaves.
import { io } from 'socket.io-client';

const socket = io(`http://127.0.0.1:${process.env.PORT ?? 3000}`, {
  transports: ['websocket'],
  auth: { token: 'correct horse battery staple' },
});
const heard = new Promise((resolve) => socket.once('chat', resolve));
const answer = await socket.timeout(5000).emitWithAck('chat', { user: 'ma2saka', text: 'こんにちは' });
const { text } = await heard;
console.log(`${text}: ${answer}`);
socket.disconnect();
