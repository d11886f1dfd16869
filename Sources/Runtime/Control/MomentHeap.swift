/// Moments at which something is due, the earliest first, in the order of names where moments are equal.
struct MomentHeap: Sendable {
    /// What is due when.
    struct Entry: Sendable {
        var moment: Double
        var name: ObjectName

        fileprivate func precedes(_ other: Entry) -> Bool {
            moment == other.moment ? name < other.name : moment < other.moment
        }
    }

    private var entries: [Entry] = []

    /// Makes an empty heap.
    init() {}

    /// Makes a heap of moments.
    init(_ moments: [ObjectName: Double]) {
        for (name, moment) in moments { insert(Entry(moment: moment, name: name)) }
    }

    /// How many entries there are.
    var count: Int { entries.count }

    /// What is due first, or nil.
    var first: Entry? { entries.first }

    /// Adds an entry.
    mutating func insert(_ entry: Entry) {
        entries.append(entry)
        var place = entries.count - 1
        while place > 0, entries[place].precedes(entries[(place - 1) / 2]) {
            entries.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    /// Takes away what is due first.
    mutating func removeFirst() {
        entries.swapAt(0, entries.count - 1)
        entries.removeLast()
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2]
            where child < entries.count && entries[child].precedes(entries[least]) {
                least = child
            }
            guard least != place else { return }
            entries.swapAt(place, least)
            place = least
        }
    }
}
