import { Agent as PlainAgent } from "node:http";
import { Agent as TlsAgent } from "node:https";
import { Socket } from "node:net";

const CONNECT_MILLISECONDS = 10_000;
/** A connection that carries nothing for so long is lost. A server that puts many blocks together is silent for a while too. */
const SILENCE_MILLISECONDS = 180_000;

/** Connections to one server, used again and again, which end by an error when nobody answers: by themselves they would wait for ever. */
export function patientAgent(protocol: string): PlainAgent | TlsAgent {
  const options = { keepAlive: true, timeout: SILENCE_MILLISECONDS };
  const agent = protocol === "https:" ? new TlsAgent(options) : new PlainAgent(options);
  const create = agent.createConnection.bind(agent);
  agent.createConnection = (...given) => {
    const connection = create(...given);
    if (connection instanceof Socket) endWhenSilent(connection);
    return connection;
  };
  return agent;
}

function endWhenSilent(socket: Socket): void {
  const waiting = setTimeout(() => socket.destroy(silence(CONNECT_MILLISECONDS)), CONNECT_MILLISECONDS);
  waiting.unref();
  for (const event of ["connect", "close"]) socket.once(event, () => clearTimeout(waiting));
  socket.on("timeout", () => socket.destroy(silence(SILENCE_MILLISECONDS)));
}

function silence(milliseconds: number): Error {
  return Object.assign(new Error(`the connection carried nothing for ${milliseconds / 1000} s`), { code: "ETIMEDOUT" });
}
