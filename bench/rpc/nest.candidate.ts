import { Controller, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxyFactory, Ctx, MessagePattern, Payload, RmqContext, Transport } from '@nestjs/microservices';
import type { RmqOptions } from '@nestjs/microservices';
import { firstValueFrom } from 'rxjs';
import type { Candidate } from './candidate.js';

/** As its documentation shows it: no deadline, no envelope, JSON of its own. */
function options(url: string, noAck: boolean): Pick<RmqOptions, 'transport'> & Required<RmqOptions> {
  const queue = noAck ? 'bench_nest' : 'bench_nest_ack';
  const queueOptions = { durable: false };
  const urls = [url.replace('rabbit:', 'amqp:')];
  return { transport: Transport.RMQ, options: { urls, queue, queueOptions, noAck } };
}

@Controller()
class Echo {
  @MessagePattern('echo')
  echo(@Payload() payload: object): object {
    return payload;
  }
}

interface Acknowledging {
  ack(message: unknown): void;
}

@Controller()
class AcknowledgedEcho {
  @MessagePattern('echo')
  echo(@Payload() payload: object, @Ctx() context: RmqContext): object {
    (context.getChannelRef() as Acknowledging).ack(context.getMessage());
    return payload;
  }
}

@Module({ controllers: [Echo] })
class EchoModule {}

@Module({ controllers: [AcknowledgedEcho] })
class AcknowledgedEchoModule {}

/** Nest's stock RabbitMQ transport; the server acknowledges by hand or not at all. */
export function nest(noAck: boolean): Candidate {
  return {
    async serve(url) {
      const module = noAck ? EchoModule : AcknowledgedEchoModule;
      const app = await NestFactory.createMicroservice(module, { ...options(url, noAck), logger: false });
      await app.listen();
      return () => app.close();
    },
    async connect(url) {
      // A client takes its replies unacknowledged in both forms.
      const { transport, options: given } = options(url, noAck);
      Logger.overrideLogger(false);
      const client = ClientProxyFactory.create({ transport, options: { ...given, noAck: true } });
      await client.connect();
      return {
        call: (payload) => firstValueFrom(client.send<unknown>('echo', payload)),
        close: async () => client.close(),
      };
    },
  };
}
