import { testMatrix } from './matrix.js';

testMatrix('messages');
