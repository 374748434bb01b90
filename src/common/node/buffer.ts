export { isAscii, isUtf8 } from 'node:buffer';
