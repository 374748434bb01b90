import { duplexPair } from 'node:stream';
import { connect, TLSSocket } from 'node:tls';
import { DEFAULT_LIMITS } from '../../src/common/limits.js';
import { KeyLog } from '../../src/tls/key-log.js';
import { TlsStage } from '../../src/tls/tls-stage.js';
/** Records what node's own TLS client and server say to each other in memory. */
export async function record(serverOptions, clientOptions, talk) {
    const recording = { wire: [], keyLog: '' };
    const [clientEnd, clientTap] = duplexPair();
    const [serverEnd, serverTap] = duplexPair();
    relay(recording, 0, clientTap, serverTap);
    relay(recording, 1, serverTap, clientTap);
    const server = new TLSSocket(serverEnd, { isServer: true, ...serverOptions });
    const client = connect({ socket: clientEnd, rejectUnauthorized: false, servername: 'localhost', ...clientOptions });
    client.on('keylog', (line) => (recording.keyLog += line.toString('latin1')));
    await Promise.all([event(client, 'secureConnect'), event(server, 'secure')]);
    await talk(client, server);
    const closed = Promise.all([event(client, 'close'), event(server, 'close')]);
    client.on('data', () => undefined);
    server.on('data', () => undefined);
    client.end();
    server.end();
    await closed;
    return recording;
}
function relay(recording, side, from, to) {
    from.on('data', (bytes) => {
        recording.wire.push({ side, bytes: Buffer.from(bytes) });
        to.write(bytes);
    });
    from.on('end', () => to.end());
}
function event(socket, name) {
    return new Promise((resolve, reject) => {
        socket.once('error', reject);
        socket.once(name, () => resolve());
    });
}
/** Sends bytes and waits until the other end has all of them. */
export async function send(from, to, bytes) {
    let left = bytes.length;
    const arrived = new Promise((resolve) => {
        const take = (chunk) => {
            left -= chunk.length;
            if (left > 0)
                return;
            to.off('data', take);
            resolve();
        };
        to.on('data', take);
    });
    from.write(bytes);
    await arrived;
}
/** What a stage passed on and reported. */
export class Collected {
    tls;
    made = 0;
    events = [];
    plaintext = [[], []];
    moments = [];
    findings = [];
    reported = [];
    bytes(side, chunk, at) {
        this.plaintext[side].push(chunk);
        this.moments.push(at.packet);
        if (this.events.at(-1) !== `bytes ${side}`)
            this.events.push(`bytes ${side}`);
    }
    gap(side, length) {
        this.events.push(`gap ${side} ${length ?? '?'}`);
    }
    end(side, how) {
        this.events.push(`end ${side} ${how}`);
    }
    finding(side, finding) {
        this.events.push(`finding ${side} ${finding.code}`);
        this.findings.push(finding);
    }
    /** All plaintext of a side. */
    text(side) {
        return Buffer.concat(this.plaintext[side]).toString('latin1');
    }
}
/** A stage and what it gives. */
export function stageWith(keys, options = {}) {
    const got = new Collected();
    const stage = new TlsStage({
        limits: { ...DEFAULT_LIMITS, ...options.limits },
        keys,
        report: (finding) => got.reported.push(finding),
        beginning: options.beginning ?? (() => true),
    }, (tls) => {
        got.made++;
        got.tls = tls;
        return got;
    });
    return { stage, got };
}
/** The moment of a packet. */
export function moment(packet) {
    return { packet, seconds: 0, nanoseconds: 0, precision: 6 };
}
/** A complete key log with this text. */
export function keyLogOf(text) {
    const keys = new KeyLog();
    keys.push(text);
    keys.endText();
    return keys;
}
/** Gives a whole wire to a stage, and both ends. */
export function replay(wire, keys, options) {
    const { stage, got } = stageWith(keys, options);
    wire.forEach(({ side, bytes }, index) => stage.bytes(side, bytes, moment(index + 1)));
    stage.end(0, 'fin', moment(wire.length + 1));
    stage.end(1, 'fin', moment(wire.length + 1));
    return got;
}
