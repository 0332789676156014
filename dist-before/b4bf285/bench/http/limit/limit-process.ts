// A bare Fastify that answers with what it was told: what HTTP in Node costs at the least.
import fastify from 'fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GivenAnswer } from './limit.js';

const answers = new Map<string, GivenAnswer>();
const app = fastify({ logger: false });
const answer = (request: FastifyRequest<{ Params: { row: string } }>, reply: FastifyReply): FastifyReply => {
  const given = answers.get(request.params.row);
  if (given === undefined) return reply.code(404).send();
  return reply.code(given.status).type('application/json').send(given.text);
};
app.get('/:row', answer);
app.post('/:row', answer);
process.on('message', (message) => {
  const { row, given } = message as { row: string; given: GivenAnswer };
  answers.set(row, given);
  process.send?.('known');
});
process.on('disconnect', () => void app.close());
await app.listen({ port: Number(process.argv[2]), host: '127.0.0.1' });
process.send?.('ready');
