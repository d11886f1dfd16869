/// Compares two texts line by line and writes what differs as `patch` and `git apply` read it.
public struct UnifiedDiff {
    /// Equal lines shown around each change.
    private static let context = 3

    /// A line that is in both texts, only in the old one, or only in the new one.
    private enum Step {
        case both(Int, Int)
        case old(Int)
        case new(Int)
    }

    private let old: [ArraySlice<UInt8>]
    private let new: [ArraySlice<UInt8>]

    private init(_ old: [UInt8], _ new: [UInt8]) {
        self.old = Self.lines(old)
        self.new = Self.lines(new)
    }

    /// The difference between two texts of a file, or nothing where there is none.
    ///
    /// - Parameter isNew: Whether the file is not there yet, which `/dev/null` stands for.
    public static func text(name: String, old: [UInt8], new: [UInt8], isNew: Bool = false) -> [UInt8] {
        guard isNew || old != new else { return [] }
        let diff = UnifiedDiff(old, new)
        var output = Array("--- \(isNew ? "/dev/null" : name)\n+++ \(name)\n".utf8)
        for hunk in diff.hunks() { diff.write(hunk, to: &output) }
        return output
    }

    /// Lines with their line breaks.
    private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.count
            lines.append(bytes[start..<end])
            start = end
        }
        return lines
    }

    // MARK: Comparing

    /// The shortest way from the old text to the new one (Myers), lines that both begin and end with taken off first.
    private func steps() -> [Step] {
        var head = 0
        while head < min(old.count, new.count), old[head] == new[head] { head += 1 }
        var tail = 0
        while tail < min(old.count, new.count) - head, old[old.count - 1 - tail] == new[new.count - 1 - tail] {
            tail += 1
        }
        let middle = shortest(head..<old.count - tail, head..<new.count - tail)
        return (0..<head).map { Step.both($0, $0) } + Self.removalsFirst(middle)
            + (0..<tail).map { Step.both(old.count - tail + $0, new.count - tail + $0) }
    }

    /// Moves runs of new lines, where equal lines before or behind allow it, so that a new document begins with its
    /// `---` and not with the end of the one before.
    private func aligned(_ steps: [Step]) -> [Step] {
        var steps = steps
        var place = 0
        while place < steps.count {
            guard case .new(let first) = steps[place] else {
                place += 1
                continue
            }
            var end = place
            while end < steps.count, case .new = steps[end] { end += 1 }
            let isPure = place == 0 || { if case .old = steps[place - 1] { false } else { true } }()
            if isPure { slide(&steps, place..<end, first: first) }
            place = end
        }
        return steps
    }

    private func slide(_ steps: inout [Step], _ run: Range<Int>, first: Int) {
        let count = run.count
        var up = 0
        while run.lowerBound > up, first > up, case .both = steps[run.lowerBound - up - 1],
            new[first - up - 1] == new[first - up - 1 + count]
        {
            up += 1
            guard startsDocument(first - up) else { continue }
            for back in 1...up {
                guard case .both(let left, _) = steps[run.lowerBound - back] else { return }
                steps[run.upperBound - back] = .both(left, first - back + count)
            }
            for index in 0..<count { steps[run.lowerBound - up + index] = .new(first - up + index) }
            return
        }
        var down = 0
        while run.upperBound + down < steps.count, case .both = steps[run.upperBound + down],
            new[first + down] == new[first + down + count]
        {
            down += 1
            guard startsDocument(first + down) else { continue }
            let lefts = steps[run.upperBound..<run.upperBound + down].map {
                if case .both(let left, _) = $0 { left } else { 0 }
            }
            for (index, left) in lefts.enumerated() { steps[run.lowerBound + index] = .both(left, first + index) }
            for index in 0..<count { steps[run.lowerBound + down + index] = .new(first + down + index) }
            return
        }
    }

    private func startsDocument(_ line: Int) -> Bool { new[line].starts(with: Array("---".utf8)) }

    /// In each run of changes what goes before what comes, as readers expect.
    private static func removalsFirst(_ steps: [Step]) -> [Step] {
        var result: [Step] = []
        var added: [Step] = []
        for step in steps {
            switch step {
            case .new: added.append(step)
            case .old: result.append(step)
            case .both:
                result += added + [step]
                added = []
            }
        }
        return result + added
    }

    private func shortest(_ oldRange: Range<Int>, _ newRange: Range<Int>) -> [Step] {
        let (n, m) = (oldRange.count, newRange.count)
        let limit = n + m
        guard limit > 0 else { return [] }
        var furthest = [Int](repeating: 0, count: 2 * limit + 2)
        var trace: [[Int]] = []
        for distance in 0...limit {
            // A change of many thousand lines is shown as one block: the trace would fill the memory.
            guard distance <= 2000 else { break }
            trace.append(Array(furthest[(limit - distance)...(limit + distance)]))
            for diagonal in stride(from: -distance, through: distance, by: 2) {
                let place = limit + diagonal
                let goesDown =
                    diagonal == -distance || diagonal != distance && furthest[place - 1] < furthest[place + 1]
                var x = goesDown ? furthest[place + 1] : furthest[place - 1] + 1
                while x < n, x - diagonal < m, old[oldRange.lowerBound + x] == new[newRange.lowerBound + x - diagonal] {
                    x += 1
                }
                furthest[place] = x
                if x >= n, x - diagonal >= m { return walk(back: trace, oldRange, newRange) }
            }
        }
        return oldRange.map { .old($0) } + newRange.map { .new($0) }
    }

    /// Follows the trace back from the end. `trace[d][d + k]` is how far diagonal k had come before distance d.
    private func walk(back trace: [[Int]], _ oldRange: Range<Int>, _ newRange: Range<Int>) -> [Step] {
        var (x, y) = (oldRange.count, newRange.count)
        var steps: [Step] = []
        for distance in stride(from: trace.count - 1, through: 0, by: -1) {
            let row = trace[distance]
            let diagonal = x - y
            func value(_ k: Int) -> Int { row.indices.contains(distance + k) ? row[distance + k] : 0 }
            let goesDown = diagonal == -distance || diagonal != distance && value(diagonal - 1) < value(diagonal + 1)
            let previous = goesDown ? diagonal + 1 : diagonal - 1
            let startX = distance == 0 ? 0 : value(previous)
            let startY = distance == 0 ? 0 : startX - previous
            let moveX = distance == 0 || goesDown ? startX : startX + 1
            while x > moveX {
                x -= 1
                y -= 1
                steps.append(.both(oldRange.lowerBound + x, newRange.lowerBound + y))
            }
            guard distance > 0 else { break }
            steps.append(goesDown ? .new(newRange.lowerBound + startY) : .old(oldRange.lowerBound + startX))
            (x, y) = (startX, startY)
        }
        return steps.reversed()
    }

    // MARK: Writing

    /// The changes in groups, each with the equal lines around it.
    private func hunks() -> [ArraySlice<Step>] {
        let steps = aligned(steps())
        var hunks: [Range<Int>] = []
        for (place, step) in steps.enumerated() {
            if case .both = step { continue }
            let range = max(place - Self.context, 0)..<min(place + Self.context + 1, steps.count)
            if let last = hunks.last, last.upperBound >= range.lowerBound {
                hunks[hunks.count - 1] = last.lowerBound..<range.upperBound
            } else {
                hunks.append(range)
            }
        }
        return hunks.map { steps[$0] }
    }

    private func write(_ hunk: ArraySlice<Step>, to output: inout [UInt8]) {
        var (oldStart, newStart, oldCount, newCount) = (nil as Int?, nil as Int?, 0, 0)
        for step in hunk {
            switch step {
            case .both(let left, let right):
                (oldStart, newStart) = (oldStart ?? left, newStart ?? right)
                (oldCount, newCount) = (oldCount + 1, newCount + 1)
            case .old(let left): (oldStart, oldCount) = (oldStart ?? left, oldCount + 1)
            case .new(let right): (newStart, newCount) = (newStart ?? right, newCount + 1)
            }
        }
        // Where a side has no line in the hunk, its place is the line before it.
        let oldLine = oldCount == 0 ? 0 : (oldStart ?? 0) + 1
        let newLine = newCount == 0 ? 0 : (newStart ?? 0) + 1
        output += Array("@@ -\(Self.place(oldLine, oldCount)) +\(Self.place(newLine, newCount)) @@\n".utf8)
        for step in hunk {
            switch step {
            case .both(let left, _): Self.write(old[left], mark: " ", to: &output)
            case .old(let left): Self.write(old[left], mark: "-", to: &output)
            case .new(let right): Self.write(new[right], mark: "+", to: &output)
            }
        }
    }

    private static func place(_ line: Int, _ count: Int) -> String { count == 1 ? "\(line)" : "\(line),\(count)" }

    private static func write(_ line: ArraySlice<UInt8>, mark: Unicode.Scalar, to output: inout [UInt8]) {
        output.append(UInt8(ascii: mark))
        output += line
        if line.last != UInt8(ascii: "\n") { output += Array("\n\\ No newline at end of file\n".utf8) }
    }
}
