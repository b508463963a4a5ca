/// The middle of some values, the mean of the middle two for an even count; zero for none.
func median(_ values: [Double]) -> Double {
    guard !values.isEmpty else { return 0 }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
}

/// The value that `fraction` (0...1) of all values do not exceed (nearest rank); zero for none. `sorted` is in order.
func percentile(_ fraction: Double, of sorted: [Int64]) -> Int64 {
    guard !sorted.isEmpty else { return 0 }
    let rank = Int((Double(sorted.count) * fraction).rounded(.up))
    return sorted[min(sorted.count, max(1, rank)) - 1]
}

/// The straight line through points with the least squared error; the slope is zero when all x are the same.
func linearFit(_ points: [(x: Double, y: Double)]) -> (intercept: Double, slope: Double) {
    guard !points.isEmpty else { return (0, 0) }
    let count = Double(points.count)
    let meanX = points.reduce(0) { $0 + $1.x } / count
    let meanY = points.reduce(0) { $0 + $1.y } / count
    let spread = points.reduce(0) { $0 + ($1.x - meanX) * ($1.x - meanX) }
    guard spread > 0 else { return (meanY, 0) }
    let slope = points.reduce(0) { $0 + ($1.x - meanX) * ($1.y - meanY) } / spread
    return (meanY - slope * meanX, slope)
}
