// A chat: whatever one says, all hear, and who said it is told that it arrived.
import { Server } from 'socket.io';

const io = new Server(Number(process.env.PORT ?? 3000));
io.on('connection', (socket) => {
  socket.on('chat', (message, arrived) => {
    io.emit('chat', { user: message.user, text: message.text });
    arrived('ok');
  });
});
