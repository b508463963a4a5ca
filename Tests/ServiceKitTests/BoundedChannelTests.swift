import ServiceKit
import Synchronization
import TestSupport
import Testing

@Suite struct BoundedChannelTests {
    @Test func keepsOrderAndRefusesWhenFull() async {
        let channel = BoundedChannel<Int>(capacity: 2)
        #expect(channel.trySend(1))
        #expect(channel.trySend(2))
        #expect(!channel.trySend(3))
        #expect(await channel.next() == 1)
        #expect(channel.trySend(3))
        channel.finish()
        #expect(!channel.trySend(4))
        #expect(await channel.next() == 2)
        #expect(await channel.next() == 3)
        #expect(await channel.next() == nil)
    }

    @Test(.timeLimit(.minutes(5))) func losesNothingBetweenManySendersAndReceivers() async {
        let channel = BoundedChannel<Int>(capacity: 3)
        let received = await withTaskGroup(of: [Int].self) { group in
            for receiver in 0..<4 {
                _ = receiver
                group.addTask {
                    var mine: [Int] = []
                    for await element in channel { mine.append(element) }
                    return mine
                }
            }
            await withTaskGroup(of: Void.self) { senders in
                for sender in 0..<5 {
                    senders.addTask {
                        for element in 0..<400 { await channel.send(sender * 1000 + element) }
                    }
                }
            }
            channel.finish()
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(received.count == 2000)
        #expect(Set(received).count == 2000)
    }

    @Test(.timeLimit(.minutes(5))) func cancellationEndsBothKindsOfWait() async {
        let channel = BoundedChannel<Int>(capacity: 1)
        let receiver = Task { await channel.next() }
        receiver.cancel()
        #expect(await receiver.value == nil)
        channel.trySend(1)
        let sender = Task { await channel.send(2) }
        sender.cancel()
        #expect(await sender.value == false)
        #expect(await channel.next() == 1)
        #expect(channel.count == 0)
    }

    @Test(.timeLimit(.minutes(5))) func aWaitEndsAtItsDeadlineAndLeavesNothingBehind() async {
        let clock = ManualClock()
        let channel = BoundedChannel<Int>(capacity: 2)
        async let first = channel.next(until: .seconds(3), by: clock)
        await clock.waitForSleepers(1)
        await clock.advance(by: .seconds(2))
        #expect(clock.sleeperCount == 1)
        await clock.advance(by: .seconds(1))
        #expect(await first == nil)
        #expect(channel.trySend(7))
        #expect(await channel.next(until: .seconds(9), by: clock) == 7)
        #expect(await channel.next(until: .seconds(3), by: clock) == nil)
        #expect(clock.sleeperCount == 0)
    }

    @Test(.timeLimit(.minutes(5))) func anElementEndsAWaitWithADeadline() async {
        let clock = ManualClock()
        let channel = BoundedChannel<Int>(capacity: 2)
        async let first = channel.next(until: .seconds(3), by: clock)
        await clock.waitForSleepers(1)
        channel.trySend(1)
        #expect(await first == 1)
        #expect(clock.sleeperCount == 0)
        let waiting = Task { await channel.next(until: .seconds(3), by: clock) }
        await clock.waitForSleepers(1)
        waiting.cancel()
        #expect(await waiting.value == nil)
        #expect(channel.trySend(2))
        #expect(channel.tryNext() == 2)
    }

    @Test func theBellRingsForWhatWaitsAndForTheEnd() async {
        let rings = Mutex(0)
        let channel = BoundedChannel<Int>(capacity: 2)
        channel.trySend(1)
        channel.onChange { rings.withLock { $0 += 1 } }
        #expect(rings.withLock { $0 } == 1)
        channel.trySend(2)
        #expect(!channel.trySend(3))
        #expect(rings.withLock { $0 } == 2)
        channel.finish()
        #expect(rings.withLock { $0 } == 3)
    }
}
