import ServiceKit
import Synchronization
import Testing

@Suite struct AlarmTests {
    private let time = SystemTime.shared

    @Test(.timeLimit(.minutes(5))) func alarmsRingInTheOrderOfTheirTimesAndNeverEarly() async {
        let rung = BoundedChannel<(number: Int, early: Bool)>(capacity: 64)
        let start = time.now
        let numbers = Array(0..<40).shuffled()
        let alarms = numbers.map { number in
            let deadline = start + .milliseconds(200 + 5 * number)
            return time.alarm(at: deadline) { rung.trySend((number, SystemTime.shared.now < deadline)) }
        }
        for (number, alarm) in zip(numbers, alarms) where number % 2 == 1 { alarm.cancel() }
        for number in stride(from: 0, to: 40, by: 2) {
            let next = await rung.next()
            #expect(next?.number == number)
            #expect(next?.early == false)
        }
        #expect(rung.tryNext() == nil)
    }

    @Test(.timeLimit(.minutes(5))) func anEarlierAlarmOvertakesTheSleep() async {
        let rung = BoundedChannel<Int>(capacity: 4)
        let late = time.alarm(at: time.now + .seconds(3_600)) { rung.trySend(2) }
        _ = time.alarm(at: time.now + .milliseconds(20)) { rung.trySend(1) }
        _ = time.alarm(at: time.now - .seconds(1)) { rung.trySend(0) }
        #expect(await rung.next() == 0)
        #expect(await rung.next() == 1)
        late.cancel()
        late.cancel()
    }
}
