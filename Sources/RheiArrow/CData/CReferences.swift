import CArrow

/// A structure of the C data interface, which frees what it refers to when its `release` member is called.
protocol CReleasable {
    init()
    /// Calls the `release` member, if the structure has not been moved or released.
    @unsafe static func releaseContents(_ structure: UnsafeMutablePointer<Self>)
}

extension CArrow.ArrowArray: CReleasable {
    @unsafe static func releaseContents(_ structure: UnsafeMutablePointer<CArrow.ArrowArray>) {
        if let release = unsafe structure.pointee.release { unsafe release(structure) }
    }
}

extension CArrow.ArrowSchema: CReleasable {
    @unsafe static func releaseContents(_ structure: UnsafeMutablePointer<CArrow.ArrowSchema>) {
        if let release = unsafe structure.pointee.release { unsafe release(structure) }
    }
}

/// Owns the children and the dictionary of an exported structure. Who takes over a child marks it as released.
@safe final class CReferences<Structure: CReleasable> {
    /// One pointer per child, and memory for one where there are none.
    let children: UnsafeMutablePointer<UnsafeMutablePointer<Structure>?>
    let childCount: Int
    /// Memory that is released when nobody exported into it.
    let dictionary: UnsafeMutablePointer<Structure>

    init(childCount: Int) {
        self.childCount = childCount
        unsafe children = .allocate(capacity: max(childCount, 1))
        for index in 0..<childCount {
            unsafe (children + index).initialize(to: Self.makeEmpty())
        }
        unsafe dictionary = Self.makeEmpty()
    }

    deinit {
        for index in 0..<childCount {
            if let child = unsafe children[index] { unsafe Self.free(child) }
        }
        unsafe children.deallocate()
        unsafe Self.free(dictionary)
    }

    @unsafe private static func makeEmpty() -> UnsafeMutablePointer<Structure> {
        let place = UnsafeMutablePointer<Structure>.allocate(capacity: 1)
        unsafe place.initialize(to: Structure())
        return unsafe place
    }

    @unsafe private static func free(_ place: UnsafeMutablePointer<Structure>) {
        unsafe Structure.releaseContents(place)
        unsafe place.deallocate()
    }
}
