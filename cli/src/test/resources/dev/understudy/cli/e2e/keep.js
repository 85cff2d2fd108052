// SPDX-License-Identifier: Apache-2.0
// The same as keep.py, without threads of its own.
const fs = require('node:fs');
const http = require('node:http');

const file = '/keep-words.txt';
const words = [];
http
  .createServer((request, response) => {
    if (request.url.startsWith('/put/')) {
      words.push(request.url.slice(5));
      fs.appendFileSync(file, words.at(-1) + '\n');
    }
    const text =
      request.url === '/file' ? fs.readFileSync(file, 'utf8').trim().replaceAll('\n', ' ') : words.join(' ');
    response.end(text + '\n');
  })
  .listen(8080, '0.0.0.0');
